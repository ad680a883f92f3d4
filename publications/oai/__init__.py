"""
OAI-PMH 2.0, by which other catalogues take over the library: openarchives.org/pmh.

`records` keeps a row for each publication, `protocol` answers a request from those rows, `xml`
writes the answer down. There is a library for the middle part, oai-repo; its resumption tokens are
an offset that anyone can change, so that records are skipped whenever something changes during a
harvest.
"""
