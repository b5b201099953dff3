"""The structure of a text: headings, turns of speakers, verse and running headers; and cutting it into passages."""
