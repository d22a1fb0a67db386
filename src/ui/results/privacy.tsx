import type { RunReport } from '../../core/report';
import { tellPrivacy } from '../../run/privacy';

/** What the images carry that is private, and how much of it is in the dataset. */
export function PrivacyNote({ report }: { readonly report: RunReport }) {
  return (
    <section aria-label="Privacy" className="privacy">
      <h3>Privacy</h3>
      <p>{tellPrivacy(report).join(' ')}</p>
    </section>
  );
}
