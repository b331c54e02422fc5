function (doc) {
  // [activity stream, time, entry]: what stands in a stream, in the order in which it happened.
  if (doc.kind !== "entry" || !Array.isArray(doc.places)) {
    return;
  }
  if (typeof doc.created_datetime !== "string" || typeof doc.id !== "string") {
    return;
  }
  var time = doc.created_datetime.replace(/[^0-9]/g, "");
  var id = ("00000000000000000000" + doc.id).slice(-20);
  doc.places.forEach(function (place) {
    if (typeof place === "string") {
      emit([place, time, id], null);
    }
  });
}
