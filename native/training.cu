// What a training step does beside GEMMs and collectives, as a program of its own: only nodes that train compile it.
#include "training_attention.cu"
#include "training_carry.cu"
#include "training_loss.cu"
#include "training_norm.cu"
#include "training_optimizer.cu"
#include "training_pointwise.cu"
#include "training_quantize.cu"
