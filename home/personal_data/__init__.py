"""Everything the site holds about one e-mail address: to look at, to hand out and to erase."""
