import { median } from "simple-statistics";
import { createRandom } from "#services/demo/random.ts";
import { print } from "../figures.ts";
import { activeDays, NULL_DAYS, NULL_SEED } from "./null-stream.ts";
import { alarmAfter, alarmDays, type Rival, RIVALS } from "./rivals.ts";
import { EACH, STORIES, type Story, storyHours } from "./stories.ts";
import { type ActivityClass, CLASSES, ordinaryHours } from "./traffic.ts";

/** Of each rival: false alarms in the null stream, and the stories it finds, over the very same calls. */
export function runRivals(identities: number): void {
  print("rivals, by class", CLASSES.join(" / "));
  for (const rival of RIVALS) {
    print(`  ${rival.name}`);
    const rates = CLASSES.map((activity) => falseRate(rival, activity, identities).toFixed(4));
    print("    false an identity-day", rates.join(" / "));
    for (const story of STORIES) {
      print(
        `    ${story.name}`,
        CLASSES.map((activity) => found(rival, story, activity)).join(" / "),
      );
    }
  }
}

function falseRate(rival: Rival, activity: ActivityClass, identities: number): number {
  let alarms = 0;
  let days = 0;
  for (let i = 0; i < identities / CLASSES.length; i++) {
    const hours = ordinaryHours(createRandom(NULL_SEED, `${activity}-${i}`), activity, NULL_DAYS);
    alarms += alarmDays(rival, hours);
    days += activeDays(hours);
  }
  return alarms / days;
}

/** How many stories are found, and the median of hours until then. */
function found(rival: Rival, story: Story, activity: ActivityClass): string {
  const after = Array.from({ length: EACH }, (_, i) => {
    const { counts } = storyHours(story, activity, i);
    const hours = counts.map(({ ordinary, added }) => ordinary + added);
    return alarmAfter(rival, hours, story.begins, story.ends);
  }).filter((hours) => hours !== null);
  return after.length === 0 ? "0" : `${after.length}, ${median(after)} h`;
}
