import { createProgram } from "#core/pipeline/program.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { loadRules } from "#services/rules/load.ts";
import { runDemoWeeks } from "./accuracy/demo-weeks.ts";
import { runNab } from "./accuracy/nab.ts";
import { runNullStream } from "./accuracy/null-stream.ts";
import { runRivals } from "./accuracy/rival-figures.ts";
import { runStories } from "./accuracy/stories.ts";
import { print } from "./figures.ts";

/**
 * How often the shipped rules are wrong and what they find: the stories of demo weeks and injected ones, a
 * null stream, what rules that others publish say of the same calls, and the Numenta Anomaly Benchmark where
 * one has it (github.com/numenta/NAB; it is no part of this repository).
 *
 * usage: npm run bench:accuracy [-- NAB] [IDENTITIES], or METERHOUND_NAB in the environment;
 *        NAB is the benchmark's directory or a .tar.gz of it
 */
const [nab = process.env["METERHOUND_NAB"], identities = "1000"] = process.argv.slice(2);
const program = createProgram(loadRules(), DEFAULT_IMPACT);

if (nab) runNab(nab);
else print("NAB SKIPPED: name its directory or .tar.gz as argument or in METERHOUND_NAB");
await runDemoWeeks(program);
runStories(program);
runRivals(Number(identities));
runNullStream(program, Number(identities));
