/**
 * Memory, streams, events, GEMMs, collectives and telemetry as a worker sees them. {@code device.cuda} drives a GPU through
 * JNA; {@code device.reference} is the same contract in plain Java: the oracle, and the embedded default.
 *
 * <ul>
 *   <li><b>The contract</b>: {@link dev.assay.device.Device} is the door, and every interface here is reached from it.
 *   <li><b>Of a training step</b>: {@link dev.assay.device.TrainingKernels}, and the records of its operands: {@code Attention},
 *       {@code Normalization}, {@code AdamW}, {@code Tensor}, {@code Lookup}, {@code RopeShape}, {@code Quantized}, {@code
 *       SeededNormal}. {@link dev.assay.device.CheckedTrainingKernels} refuses for all devices.
 *   <li><b>What all devices compute alike</b>: {@link dev.assay.device.Counter} the generator, {@link dev.assay.device.Checksum}
 *       the digest, {@link dev.assay.device.Bf16} and {@link dev.assay.device.SmallFloat} the types, {@link
 *       dev.assay.device.TestWords} the memory test's words.
 * </ul>
 */
package dev.assay.device;
