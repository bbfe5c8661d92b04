/** A line for whoever runs this: in a notebook it shows below the newest cell. */
export function tellUser(text: string): void {
  console.log(text);
}
