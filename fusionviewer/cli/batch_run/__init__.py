"""The work of `fusionviewer batch`: its table, what was done already, one row, and the processes of all rows."""
