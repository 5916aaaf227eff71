import { cutAtCents, usd } from "../format/money.ts";

/** An amount exactly as the API has it; digits below the cent are lighter. */
export function ExactAmount({ amount }: { amount: string | null }) {
  if (amount === null) return <span class="unpriced">unpriced</span>;
  const { head, tail } = cutAtCents(amount);
  return (
    <data class="amount" value={amount}>
      ${head}
      {tail && <span class="below-cent">{tail}</span>}
    </data>
  );
}

/** An amount to the cent, with the exact one below it where it is finer. */
export function MainAmount({ amount }: { amount: string | null }) {
  const isFiner = amount !== null && cutAtCents(amount).tail !== "";
  return (
    <>
      <span class="big">
        <Amount amount={amount} />
      </span>
      {isFiner && (
        <data class="exact" value={amount}>
          ${amount}
        </data>
      )}
    </>
  );
}

/** An amount to the cent; the exact one is behind it. */
export function Amount({ amount }: { amount: string | null }) {
  if (amount === null) return <span class="unpriced">unpriced</span>;
  return (
    <data class="amount" value={amount} title={`$${amount}`}>
      {usd(amount)}
    </data>
  );
}
