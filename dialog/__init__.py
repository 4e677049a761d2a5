"""The conversation engine: events, questions, screens, turns, words. It has never heard of the business."""
