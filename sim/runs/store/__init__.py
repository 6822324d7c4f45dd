"""Runs that are kept: their names, the store of all studies (shards.py), and the folder of each study (folder.py)."""
