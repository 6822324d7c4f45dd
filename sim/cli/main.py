"""The command `incubator`: one verb a question. Results go to stdout and to a folder, progress and errors to stderr."""

import os
import sys
from importlib import import_module

HELP = """\
incubator - compare policy packages for an incubator cluster on the same firms with the same luck
大孵化集群政策模拟器：同样的企业、同样的运气，比较不同的政策方案

  incubator demo                                     three packages against doing nothing, on Ouhai  演示：瓯海三套方案
  incubator run scenario=service_first               one scenario, every table                        单个情景
  incubator compare scenarios=[baseline,service_first] replicates=40                                  配对比较
  incubator ledger scenario=service_first            which firms gain or lose, from where, and why    企业去向台账
  incubator branch until=2026-01 replicates=20       the past simulated once; then compare … from=     从决策月分叉
  incubator criteria scenario=baseline set=national_2018   which park meets which official bar, and what it lacks   官方标准达标情况
  incubator settle scenarios=[service_first] reference=baseline half_width=20     pairs until it is known  跑到有定论为止
  incubator attribute scenario=service_first         which part of a package did the work            哪一部分起了作用
  incubator optimise budget=build_first              the best packages for the money, judged on new seeds       预算内的最优组合
  incubator sweep scenarios=[baseline,service_first] vary=[parameters.choice.*]   many settings at once, kept and extended   参数扫描
  incubator sensitivity scenarios=[baseline,service_first]      which assumptions the answer rests on       结论取决于哪些假设
  incubator discover scenarios=[service_first] reference=baseline   when another choice would be better: flip points, boxes   何时翻转
  incubator voi scenarios=[service_first] reference=baseline value=500000   what to measure next, and what that is worth   该先测什么
  incubator list [scenarios|policies|clusters|worlds|demands|rules|plans|experiments|searches|measures]        有哪些可选

Options (name=value):
  scenario=NAME  scenarios=[A,B]  reference=NAME     what is compared with what       情景与基准
  replicates=N   seed=N                              how many matched pairs, from which seed   配对次数与随机种子
  from=FOLDER    firm=IDENT                          a branch to go on from; the story of one firm   起点分叉；一家企业的经过
  out=FOLDER     workers=N   figures=true|false      where results lie (runs), processes, figures   结果目录
  lang=zh|en     fresh=true                          language of the closing lines; recompute all   语言；全部重算
  measures=[graduates,occupancy_rate]  year=2035     what is settled or attributed   定论或分解的指标与年份
  half_width=[20,0.005]  ranking=true  probability=0.95  budget=200                                  精度、排名、把握、上限
  design=sobol|latin|grid|morris|saltelli|one_at_a_time|FILE.csv  points=N   what a sweep simulates   扫描设计
  engine=local|serial|dask:ADDRESS|dask:FILE|slurm   hours=N    who computes it, and how long it may take   计算引擎与时限
  value=500000  vary=[parameters.choice.*]           CNY for one more of the measure; what discover and voi vary   价值与所变参数
  by=lever|paragraph                                 parts: levers, or paragraphs of the plan   按政策或按文件段落分解
  objectives=[graduates,public_spending]  budget=2e9|SCENARIO  levers=[A,B]  delays=[0,12]           优化目标、预算、措施
  candidates=400  confirm=20  robust=demand|parameters  draws=4                                      候选数、新种子、稳健性
  cluster=ouhai  world=space_pulls  demand=downturn  rules=national_2018  policy=[rent_relief,living_amenities]
  policies.rent_relief.reward=20  parameters.choice.rent_sensitivity=2  run.until=2030-12             任意设置
  --config-dir FOLDER   your own configuration beside the shipped one        自己的配置目录
  --code FILE.py        your own policies, registered when the file is read  自己的政策代码
"""
VERBS = {  # verb -> module of sim.cli and function in it, imported when asked for
    "run": "compare:run",
    "compare": "compare:compare",
    "demo": "compare:demo",
    "ledger": "ledger:main",
    "branch": "branch:main",
    "criteria": "criteria:main",
    "settle": "settle:main",
    "attribute": "attribute:main",
    "optimise": "optimise:main",
    "sweep": "sweep:main",
    "sensitivity": "sensitivity:main",
    "discover": "discover:main",
    "voi": "voi:main",
    "list": "list:main",
}


def main(arguments=None):
    """Entry point; returns the exit code: 0 done, 2 a mistake of the caller's, 130 interrupted."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # consoles in GBK lack a few signs
    from sim.engine.fields import ConfigurationError, did_you_mean

    try:
        if not arguments or arguments[0] in ("-h", "--help", "help"):
            print(HELP, end="")
            return 0
        verb, rest = arguments[0], arguments[1:]
        if "-h" in rest or "--help" in rest:
            print(HELP, end="")
            return 0
        if verb == "--version":
            from sim.runs.provenance import model_digest, package_version

            print(f"incubator-cluster-sim {package_version()}, model {model_digest()}")
            return 0
        if verb not in VERBS:
            raise ConfigurationError(
                f"incubator {verb}: no such command; {did_you_mean(verb, VERBS)} 'incubator --help' shows all."
            )
        module, function = VERBS[verb].split(":")
        return getattr(import_module(f"sim.cli.{module}"), function)(rest)
    except ConfigurationError as error:
        for problem in error.problems:
            print(f"incubator: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("incubator: interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
