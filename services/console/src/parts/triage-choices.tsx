import {
  FINDING_STATUSES,
  type FindingStatus,
  type Verdict,
  VERDICTS,
} from "#core/finding/finding.ts";
import { STATUS_WORDS, VERDICT_WORDS } from "../format/words.ts";

/** Letters that choose a verdict while nothing is typed. */
export const VERDICT_KEYS: Readonly<Partial<Record<string, Verdict>>> = {
  t: "true_positive",
  b: "benign_expected",
  l: "fp_logic",
  f: "fp_data",
  u: "undetermined",
};

interface ChoicesProps<T> {
  value: T | null;
  choose(value: T): void;
}

export function VerdictChoices({ value, choose }: ChoicesProps<Verdict>) {
  return (
    <Choices
      name="Verdict"
      values={VERDICTS}
      words={VERDICT_WORDS}
      value={value}
      choose={choose}
      letterOf={(verdict) => Object.keys(VERDICT_KEYS).find((key) => VERDICT_KEYS[key] === verdict)}
    />
  );
}

export function StatusChoices({ value, choose }: ChoicesProps<FindingStatus>) {
  return (
    <Choices
      name="Status"
      values={FINDING_STATUSES}
      words={STATUS_WORDS}
      value={value}
      choose={choose}
    />
  );
}

interface NamedChoicesProps<T extends string> extends ChoicesProps<T> {
  name: string;
  values: readonly T[];
  words: Readonly<Record<T, string>>;
  letterOf?(value: T): string | undefined;
}

function Choices<T extends string>(props: NamedChoicesProps<T>) {
  const { name, values, words, value, choose, letterOf } = props;
  return (
    <fieldset>
      <legend class="hidden">{name}</legend>
      {values.map((one) => {
        const letter = letterOf?.(one);
        return (
          <label key={one} class="choice">
            <input type="radio" name={name} checked={value === one} onChange={() => choose(one)} />
            {words[one]}
            {letter && <kbd aria-hidden="true">{letter}</kbd>}
          </label>
        );
      })}
    </fieldset>
  );
}
