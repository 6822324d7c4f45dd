# make COMMAND [PYTHON=python3.12] [UV=1] [ARGS="..."]; the work is done by tasks.py, which runs without make too.
PYTHON ?= python3
UV ?= 0
ARGS ?=
export UV

.DEFAULT_GOAL := help
.PHONY: help install demo test bench docs check lock clean

help install demo test bench docs check lock clean:
	@$(PYTHON) tasks.py $@ $(ARGS)
