"""The program ``python -m demos``: its command line, the table of demos, and the page of all of them."""
