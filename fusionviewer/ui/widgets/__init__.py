"""Small widgets that know nothing of a study, the style, and menus made from the table of actions."""
