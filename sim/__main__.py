"""python -m sim: the same as the command incubator."""

from sim.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
