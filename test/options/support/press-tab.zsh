# In a shell on a pseudo-terminal, types each line, presses Tab and Enter, and waits until the program that it runs
# leaves FILE. Prints what each left and a NUL; ends at the first that leaves nothing.
# usage: zsh -f press-tab.zsh SHELL SCRIPT FILE LINE...
zmodload zsh/zpty zsh/zselect
shell=$1 script=$2 file=$3
shift 3
case $shell in
  bash) zpty tty bash --norc --noprofile -i; load="source ${(q)script}" ;;
  fish) zpty tty fish --no-config; load="source ${(q)script}" ;;
  zsh) zpty tty zsh -f -i; load="autoload -Uz compinit; compinit -u -d ${(q)script}.dump; source ${(q)script}" ;;
esac
for line; do
  zpty -w tty "$load; echo RE''ADY"
  zpty -r tty output '*READY*'
  load=:
  zpty -w tty "$line"$'\t'
  for (( tries = 0; tries < 10000; tries++ )); do
    [[ -e $file ]] && break
    # What it shows has to be read, or it waits.
    zpty -r -t tty output
    zselect -t 1
  done
  [[ -e $file ]] || break
  printf '%s\0' "$(<$file)"
  rm $file
done
zpty -d tty
