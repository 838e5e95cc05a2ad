import type { CgroupManager, FrozenCgroup } from '../../model/machine/system-facts.ts';
import { posixWord } from '../../model/shell-word.ts';

/** How a frozen cgroup is let go on: with the program that manages it, if that is known, or by its own file. */
export function thawed(frozen: FrozenCgroup): string {
  const command = managerCommand(frozen);
  const byFile = fileCommand(frozen);
  const how =
    command === null
      ? byFile
      : `\`${command}\`, or, if it was frozen without that program, with ${byFile}`;
  return `Find out who froze it: an administrator, or a program that freezes for a moment, as for a backup or \`docker commit\`. Let it go on with ${how}.`;
}

const thaw: Readonly<Record<CgroupManager['program'], string>> = {
  docker: 'docker unpause',
  podman: 'podman unpause',
  lxc: 'lxc-unfreeze -n',
  systemd: 'systemctl thaw',
};

function managerCommand({ manager }: FrozenCgroup): string | null {
  if (manager === null) return null;
  return typed(`${thaw[manager.program]} ${posixWord(manager.name)}`, manager.name);
}

function fileCommand({ version, folder }: FrozenCgroup): string {
  const [value, file] = version === 2 ? ['0', 'cgroup.freeze'] : ['THAWED', 'freezer.state'];
  const command = typed(`echo ${value} > ${posixWord(`${folder}/${file}`)}`, folder);
  return command === null ? `${value} in \`${file}\` of its cgroup` : `\`${command}\``;
}

/** A command with this name; null: it would end the backticks around it, or hold words that remedies replace. */
function typed(command: string, name: string): string | null {
  return /[` ]/.test(name) ? null : command;
}
