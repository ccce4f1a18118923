"""What each section of a page shows, worked out from an audit; how it looks is the templates' business."""
