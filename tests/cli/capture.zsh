# Prints what zsh would offer at the end of a command line, one to a line.
#   zsh -f capture.zsh SCRIPT LINE
# The shell that completes runs in a terminal of its own, as completion needs a
# line editor; every match goes to a file instead of the screen.

zmodload zsh/zpty
export FORGE_CAPTURE=${TMPPREFIX:-/tmp/zsh}-capture-$$
export FORGE_SCRIPT=$1
: > $FORGE_CAPTURE
setup=$FORGE_CAPTURE.setup
cat > $setup <<'SETUP'
PROMPT='> '
autoload -Uz compinit
compinit -u -D
source $FORGE_SCRIPT
compadd () {
  # These ask what matches and offer nothing.
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a offered
  builtin compadd -O offered "$@"
  (( ${#offered} )) && print -rl -- $offered >> $FORGE_CAPTURE
  builtin compadd "$@"
}
complete-and-end () {
  zle complete-word
  print -r -- END >> $FORGE_CAPTURE
  exit
}
zle -C complete-word complete-word _main_complete
zle -N complete-and-end
bindkey '^I' complete-and-end
SETUP
zpty shell zsh -f -i
zpty -w shell "source $setup; print rea''dy"
zpty -r shell text '*ready*'
zpty -w -n shell "$2"$'\t'
zpty -r shell text '*'$'\x00'
grep -vx END $FORGE_CAPTURE
rm -f $FORGE_CAPTURE $setup
zpty -d shell
