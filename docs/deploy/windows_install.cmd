@echo off
rem Sets the dashboard up for whoever is signed in: no administrator's rights. It may be run again at any time.
setlocal
cd /d "%~dp0..\.."

rem A Python of the folder's own comes first, then those that are installed for this person or for all.
set "PY="
if exist "python\python.exe" set "PY=python\python.exe"
for %%v in (3.11 3.12 3.13) do if not defined PY (py -%%v -c "" >nul 2>nul && set "PY=py -%%v")
if not defined PY (python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "PY=python")
if not defined PY (
  echo No Python 3.11 or newer was found. docs\deploy\README.md says how to get one without an administrator.
  pause
  exit /b 1
)

echo Making the environment in .venv ...
%PY% -m venv .venv || (pause & exit /b 1)
if exist "wheels" (
  echo Installing from the folder wheels ...
  .venv\Scripts\python.exe -m pip install --disable-pip-version-check --no-index --find-links wheels -r requirements.txt || (pause & exit /b 1)
) else (
  echo Installing from the internet: some 300 MB ...
  .venv\Scripts\python.exe -m pip install --disable-pip-version-check --only-binary :all: -r requirements.txt || (pause & exit /b 1)
)

echo Putting the icon on the desktop ...
powershell -NoProfile -Command "$s = (New-Object -ComObject WScript.Shell).CreateShortcut([Environment]::GetFolderPath('Desktop') + '\Community safety dashboard.lnk'); $s.TargetPath = (Resolve-Path 'docs\deploy\windows_start.cmd').Path; $s.WorkingDirectory = (Get-Location).Path; $s.WindowStyle = 7; $s.Save()" || (
  echo This computer does not allow that: right-click docs\deploy\windows_start.cmd, Send to, Desktop.
)
echo Done. The icon opens the dashboard in the browser.
pause
