"""How the window looks: colours by their use, sizes of letters, the style sheet and the typeface."""
