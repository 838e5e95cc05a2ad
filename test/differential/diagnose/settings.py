"""Settings of the machine that a scene must not change: another file is mounted over each, in this mount namespace."""
import os
import subprocess
import tempfile


def cover(setting, text):
    with tempfile.NamedTemporaryFile('w', delete=False) as file:
        file.write(f'{text}\n')
    subprocess.run(['mount', '--bind', file.name, f'/proc/sys/{setting}'], check=True)
    # The mount keeps it.
    os.unlink(file.name)
