const OTHER_TERMS = new RegExp(
  String.raw`\b(?:opacit\w+|densit\w+|haz\w+|scar\w*|granulom\w+|calcif\w+|markings?|prominence|congestion|crowding|engorgement|volumes|volume loss|hyperinflat\w+|hypoinflat\w+|hyperexpan\w+|hypoventilat\w+|inspiration|streak\w+|lucenc\w+|bullae?|blebs?|bronchiect\w+|cavit\w+|lesions?|adenopathy|lymphadenopathy|enlargement|silhouettes?|elevat\w+|eventration|shift\w*|deviation|fractures?|deformit\w+|degenerati\w+|scoliosis|kyphosis|spondyl\w+|osteophyt\w+|osteopenia|arthr\w+|spurring|wedging|tortuos\w+|tortuous|ectasia|atheroscler\w+|aneurysm|catheters?|ports?|picc|tubes?|lines?|pacemaker|leads?|clips?|sternotomy|wires?|sutures?|stents?|valves?|prosthes\w+|implants?|surger\w+|mastectomy|lobectomy|changes?|disease|failure|hypertension|thickening|flattening|blunting|obscur\w+|effacement|retraction|tuberculosis|sarcoid\w+)\b`,
  "g",
);

/** What else carries adjectives of size and place, so that they are not given to a finding beside it. */
export function matchOtherTerms(sentence: string): Iterable<RegExpExecArray> {
  return sentence.matchAll(OTHER_TERMS);
}
