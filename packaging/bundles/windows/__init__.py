"""The bundle and the installer for Windows, made on Linux: a Windows Python under Wine, and NSIS."""
