"""What a text is made of: headings, turns of speakers, verse, and the furniture of its pages."""
