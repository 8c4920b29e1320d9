@echo off
rem The one command of MLNetScinti on Windows: with CUDA where its packages are served, on the processor elsewhere.
setlocal
set "ROOT=%~dp0"
set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1
where dotnet >nul 2>nul || (echo scinti: the .NET SDK 10 is not installed: get it from https://dot.net and run this again. 1>&2 & exit /b 3)
if not defined ScintiCuda (
  dotnet restore "%ROOT%MLNetScinti.sln" -v quiet >nul 2>nul || (
    echo scinti: the CUDA packages cannot be restored: building for the processor alone. 1>&2
    set ScintiCuda=false
  )
)
if "%~1"=="setup" (
  dotnet build "%ROOT%src\MLNetScinti.Cli\MLNetScinti.Cli.csproj" -c Release -v quiet
  exit /b %ERRORLEVEL%
)
if "%~1"=="test" (
  dotnet test "%ROOT%MLNetScinti.sln" -c Release -v quiet
  exit /b %ERRORLEVEL%
)
dotnet build "%ROOT%src\MLNetScinti.Cli\MLNetScinti.Cli.csproj" -c Release -v quiet -clp:NoSummary || exit /b 1
dotnet "%ROOT%src\MLNetScinti.Cli\bin\Release\net10.0\scinti.dll" %*
exit /b %ERRORLEVEL%
