// The scripts that shells load. They hold no names: each key press asks `aim __complete`, which answers from its cache.

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

export const scripts: Readonly<Record<Shell, string>> = {
  // Bash breaks words at = and :, so the candidates are cut where the word on the line begins.
  bash: `# aim completion bash > ~/.local/share/bash-completion/completions/aim
_aim() {
  local words=() index=0 word value summary joined="" typed cut
  local line="\${COMP_LINE:0:COMP_POINT}"
  read -r -a words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  typed="\${words[\${#words[@]}-1]}"
  cut="\${typed%"\${COMP_WORDS[COMP_CWORD]}"}"
  [[ "\${COMP_WORDS[COMP_CWORD]}" == [=:] ]] && cut="$typed"
  COMPREPLY=()
  while IFS=$'\\t' read -r value summary; do
    if [[ "$value" == ":files" ]]; then
      compopt -o default
      return
    fi
    COMPREPLY+=("\${value#"$cut"}")
  done < <("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && "\${COMPREPLY[0]}" == *= ]] && compopt -o nospace
}
complete -F _aim aim
`,
  zsh: `#compdef aim
# aim completion zsh > a folder of $fpath, as _aim
_aim() {
  local -a candidates
  local value summary
  while IFS=$'\\t' read -r value summary; do
    if [[ "$value" == ":files" ]]; then
      _files
      return
    fi
    candidates+=("\${value//:/\\\\:}:\${summary}")
  done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  _describe -t values 'aim' candidates
}
if [[ "\${funcstack[1]}" == _aim ]]; then _aim "$@"; else compdef _aim aim; fi
`,
  fish: `# aim completion fish > ~/.config/fish/completions/aim.fish
function __aim_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] __complete -- $words[2..-1] 2>/dev/null)
    if test "$found[1]" = ":files"
        __fish_complete_path (commandline -ct)
        return
    end
    printf '%s\\n' $found
end
complete -c aim -f -a '(__aim_complete)'
`,
  powershell: `# aim completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName aim -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    if ($wordToComplete -eq '') { $words += '' }
    & aim __complete '--' @words 2>$null | ForEach-Object {
        $value, $summary = $_ -split "\`t", 2
        if ($value -ne ':files') {
            if (-not $summary) { $summary = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $summary)
        }
    }
}
`,
};
