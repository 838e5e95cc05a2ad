# Prints what zsh offers at the end of each command line, one candidate a line, and SEPARATOR behind them.
# usage: zsh -f zsh-candidates.zsh SCRIPT SEPARATOR 'tsnetstat --sta'...
zmodload zsh/zpty
script=$1 separator=$2
shift 2

# A shell of its own on a pseudo-terminal, since completion needs the line editor.
zpty shell zsh -f -i
zpty -w shell "PROMPT= ; PROMPT2= ; unsetopt zle_bracketed_paste prompt_cr prompt_sp auto_list"
# One dump for all of a test file: without it every shell reads each function of the system.
zpty -w shell "autoload -Uz compinit; compinit -u -d ${(q)script}.dump"
zpty -w shell "source ${(q)script}"
zpty -w shell '
compadd() {
  local -a found
  builtin compadd -O found "$@"
  (( $#found )) && print -rl -- "<"$^found">"
  builtin compadd "$@"
}
show-candidates() {
  print -r -- "CANDIDATES-""BEGIN"
  zle complete-word
  print -r -- "CANDIDATES-""END"
}
zle -N show-candidates
bindkey "^G" show-candidates
print -r -- RE""ADY'
zpty -r shell output '*READY*'
for line; do
  zpty -w -n shell "$line"$'\a'
  zpty -r shell output '*CANDIDATES-END*'
  print -r -- "$output"
  print -r -- "$separator"
  # Away with the line.
  zpty -w -n shell $'\C-u'
done
zpty -d shell
