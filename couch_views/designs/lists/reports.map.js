function (doc) {
  // [state, time, comment]: reported comments by what is to be done about them.
  if (doc.kind !== "report") {
    return;
  }
  var texts = [doc.comment_id, doc.state, doc.reported_datetime];
  for (var i = 0; i < texts.length; i += 1) {
    if (typeof texts[i] !== "string") {
      return;
    }
  }
  var comment = ("00000000000000000000" + doc.comment_id).slice(-20);
  emit([doc.state, doc.reported_datetime.replace(/[^0-9]/g, ""), comment], null);
}
