"""What documents are made of: style, units, words, files. Nothing here knows the model or a study."""
