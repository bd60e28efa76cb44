; The installer for Windows: for one user, without administrator rights, silent with /S. Compiled by makensis on Linux;
; VERSION, FOUR (1.2.3.0), SOURCE, ICON, LICENCE, KILOBYTES, COMPRESSOR and OUT are given on its command line.

Target amd64-unicode
Unicode true
ManifestLongPathAware true
SetCompressor /SOLID ${COMPRESSOR}
SetCompressorDictSize 64

!include "MUI2.nsh"
!include "LogicLib.nsh"

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\fusionviewer"
!define KIND "fusionviewer.study"

Name "fusionviewer"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\fusionviewer"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
BrandingText "fusionviewer ${VERSION}"

VIProductVersion "${FOUR}"
VIAddVersionKey "ProductName" "fusionviewer"
VIAddVersionKey "FileDescription" "Installs fusionviewer"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "fusionviewer contributors, GPL-3.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\fusionviewer.exe"
!define MUI_FINISHPAGE_RUN_NOTCHECKED
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; A program that runs holds its file open: then nothing is touched.
!macro RefuseWhileRunning
    ${If} ${FileExists} "$INSTDIR\fusionviewer.exe"
        ClearErrors
        FileOpen $0 "$INSTDIR\fusionviewer.exe" a
        ${If} ${Errors}
            MessageBox MB_OK|MB_ICONEXCLAMATION "fusionviewer is running. Close it, then try again." /SD IDOK
            SetErrorLevel 2
            Quit
        ${EndIf}
        FileClose $0
    ${EndIf}
!macroend

; What was installed, and nothing that the user may have put beside it.
!macro RemoveProgram
    RMDir /r "$INSTDIR\_internal"
    Delete "$INSTDIR\fusionviewer.exe"
    Delete "$INSTDIR\fusionviewer-cli.exe"
!macroend

!macro TellExplorer
    System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend

Section
    !insertmacro RefuseWhileRunning
    !insertmacro RemoveProgram
    SetOutPath "$INSTDIR"
    File /r "${SOURCE}/*.*"
    WriteUninstaller "$INSTDIR\uninstall.exe"

    CreateShortcut "$SMPROGRAMS\fusionviewer.lnk" "$INSTDIR\fusionviewer.exe"

    ; Windows knows a file by what follows its last dot. So .json is left as it is: fusionviewer is among the programs
    ; to open one with, and stands in the menu of those whose name ends in .fusion.json.
    WriteRegStr HKCU "Software\Classes\${KIND}" "" "fusionviewer study"
    WriteRegStr HKCU "Software\Classes\${KIND}\DefaultIcon" "" '"$INSTDIR\fusionviewer.exe",0'
    WriteRegStr HKCU "Software\Classes\${KIND}\shell\open\command" "" '"$INSTDIR\fusionviewer.exe" view "%1"'
    WriteRegStr HKCU "Software\Classes\.json\OpenWithProgids" "${KIND}" ""
    WriteRegStr HKCU "Software\Classes\SystemFileAssociations\.json\shell\fusionviewer" "" "Open in fusionviewer"
    WriteRegStr HKCU "Software\Classes\SystemFileAssociations\.json\shell\fusionviewer" "AppliesTo" 'System.FileName:~>".fusion.json"'
    WriteRegStr HKCU "Software\Classes\SystemFileAssociations\.json\shell\fusionviewer" "Icon" '"$INSTDIR\fusionviewer.exe",0'
    WriteRegStr HKCU "Software\Classes\SystemFileAssociations\.json\shell\fusionviewer\command" "" '"$INSTDIR\fusionviewer.exe" view "%1"'
    WriteRegStr HKCU "Software\Microsoft\Windows\CurrentVersion\App Paths\fusionviewer.exe" "" "$INSTDIR\fusionviewer.exe"
    !insertmacro TellExplorer

    WriteRegStr HKCU "${KEY}" "DisplayName" "fusionviewer"
    WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\fusionviewer.exe,0"
    WriteRegStr HKCU "${KEY}" "Publisher" "fusionviewer contributors"
    WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${KEY}" "EstimatedSize" ${KILOBYTES}
    WriteRegDWORD HKCU "${KEY}" "NoModify" 1
    WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
SectionEnd

Section "Uninstall"
    !insertmacro RefuseWhileRunning
    !insertmacro RemoveProgram
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    Delete "$SMPROGRAMS\fusionviewer.lnk"
    DeleteRegValue HKCU "Software\Classes\.json\OpenWithProgids" "${KIND}"
    DeleteRegKey /ifempty HKCU "Software\Classes\.json\OpenWithProgids"
    DeleteRegKey /ifempty HKCU "Software\Classes\.json"
    DeleteRegKey HKCU "Software\Classes\${KIND}"
    DeleteRegKey HKCU "Software\Classes\SystemFileAssociations\.json\shell\fusionviewer"
    DeleteRegKey HKCU "Software\Microsoft\Windows\CurrentVersion\App Paths\fusionviewer.exe"
    DeleteRegKey HKCU "${KEY}"
    !insertmacro TellExplorer
SectionEnd
