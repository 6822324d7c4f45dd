"""Style, units, words and files of documents. Nothing here knows the model or a study."""
