"""Many pairs: what is known of each row of a batch, and the page and the table of all of them."""
