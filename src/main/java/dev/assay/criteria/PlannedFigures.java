package dev.assay.criteria;

/**
 * What some limits are made of, known only once the sizes of the workloads are planned.
 *
 * @param fabricFloorGBps bus bandwidth that the fabric must at least give to an all-reduce
 * @param stepBytes gradient bytes that a rank hands to the all-reduces of one coupled step
 * @param nicGBps line rate of one compute NIC
 * @param nodeGBps line rate of all compute NICs of a node; 0 where its nodes meet by none
 */
public record PlannedFigures(double fabricFloorGBps, long stepBytes, double nicGBps, double nodeGBps) {
    /** Between nodes there is no NIC. */
    public PlannedFigures(double fabricFloorGBps, long stepBytes, double nicGBps) {
        this(fabricFloorGBps, stepBytes, nicGBps, 0);
    }
}
