"""
Publications going out and coming in as files: CSV, Excel, JSON, BibTeX and RIS.

`records` says what a publication is in a file; `cells` how that looks in a spreadsheet. Out:
`exports`. In: `readers` takes a file apart, `checking` says what is wrong or double, `importing`
makes the drafts.
"""
