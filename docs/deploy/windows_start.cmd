@echo off
rem Opens the dashboard; with words behind it, runs Python with them: windows_start.cmd -m data start "Knowsley"
setlocal
cd /d "%~dp0..\.."
rem The store lies beside no program, so that a newer folder of the program finds it again.
if not defined DASHBOARD_DATA set "DASHBOARD_DATA=%LOCALAPPDATA%\safety-dashboard"
set "PYTHONUTF8=1"
if not exist ".venv\Scripts\python.exe" (
  echo Run docs\deploy\windows_install.cmd first.
  pause
  exit /b 1
)
if not "%~1"=="" (
  .venv\Scripts\python.exe %*
  exit /b
)
echo The dashboard runs as long as this window is open.
.venv\Scripts\python.exe -m streamlit run app.py || pause
