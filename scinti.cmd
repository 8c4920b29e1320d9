@echo off
rem The one command of MLNetScinti on Windows: the genuine packages, with CUDA where there is a GPU.
setlocal
set "ROOT=%~dp0"
set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set ScintiPackages=nuget
where dotnet >nul 2>nul || (echo scinti: the .NET SDK 10 is not installed: get it from https://dot.net and run this again. 1>&2 & exit /b 3)
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
