import {
  type CollisionDetection,
  KeyboardCode,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  MouseSensor,
  pointerWithin,
  rectIntersection,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { stepTo } from "./model";

/** Left and right carry the card over the column beside. */
const coordinates: KeyboardCoordinateGetter = (event, { context }) => {
  if (event.code !== KeyboardCode.Left && event.code !== KeyboardCode.Right) return undefined;
  event.preventDefault();
  const boxes = context.droppableContainers.getEnabled().flatMap((one) => {
    const rect = context.droppableRects.get(one.id);
    return rect ? [{ id: String(one.id), left: rect.left, top: rect.top, width: rect.width }] : [];
  });
  const next = stepTo(
    boxes,
    context.over ? String(context.over.id) : undefined,
    event.code === KeyboardCode.Right ? "right" : "left",
  );
  return next && { x: next.left + 4, y: next.top + 80 };
};

/** Mouse, finger and keyboard carry cards. */
export function useSensing() {
  return useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: coordinates,
      keyboardCodes: { start: ["Space", "KeyM"], cancel: ["Escape"], end: ["Space", "Enter", "KeyM"] },
    }),
  );
}

export const columnUnder: CollisionDetection = (found) => {
  const under = pointerWithin(found);
  return under.length ? under : rectIntersection(found);
};
