"""Reading: spreadsheets in, one clean table out, with the origin of every row."""
