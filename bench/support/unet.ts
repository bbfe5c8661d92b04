import * as tf from "@tensorflow/tfjs-core";
import type { ParameterScope } from "#src/nn/index.ts";
import { conv2d, dense, groupNorm, selfAttention, silu, upsample } from "#src/nn/index.ts";

type T4 = tf.Tensor4D;

const WIDTHS = [32, 64, 128] as const;
const EMBEDDING = 128;

/** Sines and cosines of the time, [B, 64]. */
function timeFeatures(times: tf.Tensor): tf.Tensor2D {
  const rates = tf.tensor2d(
    Array.from({ length: 32 }, (_, index) => 10_000 ** (-index / 32)),
    [1, 32],
  );
  const angles = tf.mul(tf.reshape(times, [-1, 1]), rates);
  return tf.concat2d([tf.sin(angles), tf.cos(angles)] as tf.Tensor2D[], 1);
}

function block(at: ParameterScope, x: T4, time: tf.Tensor2D, width: number): T4 {
  const first = conv2d(at.at("conv1"), silu(groupNorm(at.at("norm1"), x)), width);
  const shift = tf.reshape(dense(at.at("time"), time, width), [-1, 1, 1, width]);
  const second = silu(groupNorm(at.at("norm2"), tf.add(first, shift)));
  const residual = conv2d(at.at("conv2"), second, width);
  const skip = x.shape[3] === width ? x : conv2d(at.at("skip"), x, width, { kernelSize: 1 });
  return tf.add(skip, residual);
}

function attend(at: ParameterScope, x: T4): T4 {
  const [batch, height, width, channels] = x.shape;
  const rows = tf.reshape<tf.Rank.R3>(groupNorm(at.at("norm"), x), [
    batch,
    height * width,
    channels,
  ]);
  return tf.add(x, tf.reshape(selfAttention(at, rows), x.shape));
}

/**
 * The denoiser of the benchmarks, the same as UNet in bench/train_step_torch.py: 64x64, three resolutions, residual
 * blocks with group norm, SiLU and a time embedding, attention at 16x16.
 *
 * @param images Shape [B, 64, 64, 1].
 * @param times Shape [B], from 0 to 1000.
 */
export function unet(at: ParameterScope, images: T4, times: tf.Tensor): T4 {
  const [fine, middle, coarse] = WIDTHS;
  const hidden = silu(dense(at.at("time1"), timeFeatures(times), EMBEDDING));
  const time = silu(dense(at.at("time2"), hidden, EMBEDDING));
  const a = block(at.at("down1"), conv2d(at.at("in"), images, fine), time, fine);
  const half = conv2d(at.at("half"), a, middle, { stride: 2 });
  const b = block(at.at("down2"), half, time, middle);
  const quarter = conv2d(at.at("quarter"), b, coarse, { stride: 2 });
  let c = attend(at.at("attention"), block(at.at("middle1"), quarter, time, coarse));
  c = block(at.at("middle2"), c, time, coarse);
  const d = tf.concat4d([conv2d(at.at("up2"), upsample(c), middle), b], 3);
  const e = block(at.at("up2block"), d, time, middle);
  const f = tf.concat4d([conv2d(at.at("up1"), upsample(e), fine), a], 3);
  const g = block(at.at("up1block"), f, time, fine);
  return conv2d(at.at("out"), silu(groupNorm(at.at("norm"), g)), 1);
}
