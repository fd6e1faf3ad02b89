import type { Guess } from '@/protocol/result.ts';
import { useFormat } from '../format.ts';
import styles from './evaluate.module.css';

const SHOWN = 5;

interface GuessesProps {
  title: string;
  guesses: readonly Guess[];
  color: string;
}

/** The surest answers with a bar each. */
export function Guesses({ title, guesses, color }: GuessesProps) {
  const format = useFormat();
  return (
    <div className={styles.guesses}>
      <h3>{title}</h3>
      <ol>
        {guesses.slice(0, SHOWN).map(({ label, probability }, i) => (
          <li key={label} data-first={i === 0}>
            <span>{label}</span>
            <span className="num">{format.percent(probability, 0)}</span>
            <span className={styles.bar}>
              <i style={{ width: `${100 * probability}%`, background: color }} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
