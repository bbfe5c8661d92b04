import assert from "node:assert/strict";
import { differenceMap, differenceStep, greyMap } from "#widgets/drawing/index.ts";

/** CIE 1931 relative luminance of an sRGB colour, then CIE lightness L* (0 to 100). */
function lightness([red = 0, green = 0, blue = 0]: readonly number[]): number {
  const linear = (byte: number): number => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
}

describe("colour maps", () => {
  const map = differenceMap(101);
  const colour = (step: number): number[] => [...map.rgb.subarray(step * 3, step * 3 + 3)];

  it("show zero as neutral near-black, at the middle step and nowhere else", () => {
    const [red = 0, green = 1, blue = 2] = colour(50);
    assert.ok(red === green && green === blue && red < 32, `rgb(${red}, ${green}, ${blue})`);
    assert.equal(differenceStep(0, 0.3, 101), 50);
  });

  it("show brighter as orange and darker as blue", () => {
    for (const amount of [10, 25, 40, 50]) {
      const [redUp = 0, , blueUp = 0] = colour(50 + amount);
      const [redDown = 0, , blueDown = 0] = colour(50 - amount);
      assert.ok(redUp - blueUp > 40, `+${amount}: ${colour(50 + amount).join()}`);
      assert.ok(blueDown - redDown > 40, `-${amount}: ${colour(50 - amount).join()}`);
    }
  });

  it("grow lighter with the amount, equally on both sides within 8 of L*", () => {
    for (let amount = 1; amount <= 50; amount++) {
      const [up, down] = [lightness(colour(50 + amount)), lightness(colour(50 - amount))];
      assert.ok(Math.abs(up - down) < 8, `amount ${amount}: L* ${up} against ${down}`);
      if (amount > 2) assert.ok(up > lightness(colour(48 + amount)), `amount ${amount}`);
    }
  });

  it("end at the range on either side", () => {
    assert.deepEqual(
      [-2, -0.5, -0.25, 0.25, 0.5, 2].map((difference) => differenceStep(difference, 0.5, 101)),
      [0, 0, 25, 75, 100, 100],
    );
  });

  it("run from black to white in grey", () => {
    assert.deepEqual([...greyMap(3).rgb], [0, 0, 0, 128, 128, 128, 255, 255, 255]);
  });

  it("refuse a size without a middle", () => {
    assert.throws(() => differenceMap(100), /even and has no middle; give 101/);
  });
});
