"""Runs a program while a scene of a check is there.

    run.py SCENE fault|calm PROGRAM [ARGUMENT...]

SCENE names a file beside this one, in which `build(fault)` opens the sockets, with the fault or without, and gives
what is to be kept. `meanwhile(kept, fault)`, where there is one, is called again and again while the program runs, and
`finish(kept)` when it has ended. The network namespace is a new one, unless SCENE_OF_MACHINE is set.
"""
import importlib
import os
import subprocess
import sys
import threading
import time

_, check, kind, *program = sys.argv
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
if os.environ.get('SCENE_OF_MACHINE') is None:
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
scene = importlib.import_module(check.replace('-', '_'))
kept = scene.build(kind == 'fault')
meanwhile = getattr(scene, 'meanwhile', None)
ending = threading.Event()
if meanwhile is not None:
    def again():
        while not ending.is_set():
            meanwhile(kept, kind == 'fault')
            time.sleep(0.05)
    threading.Thread(target=again, daemon=True).start()
status = subprocess.run(program).returncode
ending.set()
finish = getattr(scene, 'finish', None)
if finish is not None:
    finish(kept)
sys.stdout.flush()
os._exit(status)
