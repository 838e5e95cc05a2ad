# Types a line into a shell on a pseudo-terminal, presses Tab and Enter, and waits for a file.
# usage: zsh -f press-tab.zsh SHELL SCRIPT LINE FILE
zmodload zsh/zpty zsh/zselect
shell=$1 script=$2 line=$3 file=$4
case $shell in
  bash) zpty tty bash --norc --noprofile -i; load="source ${(q)script}" ;;
  fish) zpty tty fish --no-config; load="source ${(q)script}" ;;
  zsh) zpty tty zsh -f -i; load="autoload -Uz compinit; compinit -u -d ${(q)script}.dump; source ${(q)script}" ;;
esac
zpty -w tty "$load; echo RE''ADY"
zpty -r tty output '*READY*'
zpty -w tty "$line"$'\t'
for (( tries = 0; tries < 20000; tries++ )); do
  [[ -e $file ]] && break
  # What it shows has to be read, or it waits.
  zpty -r -t tty output
  zselect -t 1
done
zpty -d tty
