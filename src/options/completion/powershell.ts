/**
 * The completion script for Windows PowerShell 5.1 and PowerShell 7. It gets all offers from the program. The line
 * is passed in the environment: PowerShell 5.1 loses quotes in arguments, and cmd.exe, which runs npm's
 * tsnetstat.cmd, would parse them again.
 */
export function powershellCompletion(): string {
  return `# tsnetstat's completions for PowerShell, from 5.1 on. In $PROFILE:
# tsnetstat --completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName 'tsnetstat', 'tsnetstat.exe', 'tsnetstat.cmd', 'tsnetstat.ps1' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $command = $commandAst.GetCommandName()
    if (-not $command) { return }
    # The line up to the cursor. Blanks after the last word are not part of the command, so they are added.
    $start = $commandAst.CommandElements[0].Extent.StartOffset
    $line = $commandAst.Extent.Text.Substring($start - $commandAst.Extent.StartOffset)
    $length = $cursorPosition - $start
    if ($length -lt $line.Length) { $line = $line.Substring(0, $length) } else { $line = $line.PadRight($length) }
    $encoding = $null
    $offers = @()
    try {
        # Without a console no encoding can be set, and names may be in another one.
        try {
            $encoding = [Console]::OutputEncoding
            [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
        } catch { }
        $env:TSNETSTAT_LINE = $line
        $env:TSNETSTAT_WORD = "$wordToComplete"
        $offers = @(& $command --completion powershell 2>$null)
    } catch {
        # If it cannot be run, there is nothing to offer.
    } finally {
        $env:TSNETSTAT_LINE = $null
        $env:TSNETSTAT_WORD = $null
        if ($encoding) { try { [Console]::OutputEncoding = $encoding } catch { } }
    }
    foreach ($offer in $offers) {
        $text, $shown, $more = "$offer" -split "\`t", 3
        if ($more) {
            New-Object System.Management.Automation.CompletionResult $text, $shown, 'ParameterValue', $more
        }
    }
}
`;
}
