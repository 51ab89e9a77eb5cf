# /// script
# requires-python = ">=3.9"
# dependencies = [
#   "rich>=13",
# ]
# ///
"""A script with a PEP 723 header: it gets an environment of its own."""

from rich.console import Console
from rich.table import Table

table = Table("word", "letters")
for word in "simple is better than complex".split():
    table.add_row(word, str(len(word)))
Console().print(table)
