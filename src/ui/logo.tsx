/** The mark: three tiles filled, one to come. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">
      <rect className="logo-a" x="1" y="1" width="7" height="7" rx="1.5" />
      <rect className="logo-b" x="10" y="1" width="7" height="7" rx="1.5" />
      <rect className="logo-c" x="1" y="10" width="7" height="7" rx="1.5" />
      <rect className="logo-d" x="10.75" y="10.75" width="5.5" height="5.5" rx="1" />
    </svg>
  );
}
