"""Questions asked of runs: a folder each, named as its verb and its public function."""
