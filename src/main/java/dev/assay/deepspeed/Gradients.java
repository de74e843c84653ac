package dev.assay.deepspeed;

/**
 * What is done with gradients besides ZeRO. Weights and activations are bf16, the optimizer's copy is fp32; gradients are
 * averaged after the reduction.
 *
 * @param accumulation type in which micro-batches are summed ({@code data_types.grad_accum_dtype}); left out: the model's
 * @param communication type on the wire ({@code communication_data_type}); left out: the model's
 * @param clipping largest global norm ({@code gradient_clipping}); 0: no clipping, hence no pass for the norm
 */
public record Gradients(ElementType accumulation, ElementType communication, double clipping) {}
