const FRONTAL = /^(?:(?:PA|AP)(?:[_ ](?:HORIZONTAL|SUPINE|ERECT|PORTABLE|AXIAL))?|FRONTAL)$/i;

/** Whether a film is seen from front or back; one whose view is not known counts as such. */
export function isFrontal(view: string | undefined): boolean {
  return view === undefined || view === "" || FRONTAL.test(view.trim());
}
