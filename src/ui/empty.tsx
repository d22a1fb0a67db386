import { FileImage, FolderOpen, Sparkles } from 'lucide-react';
import { addFiles, addFolder, addSample } from './source/pick';

/** What the page shows before there are images. */
export function Empty() {
  return (
    <div className="empty">
      <div className="empty-drop">
        <h2>Drop images here</h2>
        <p>
          A folder, some files or an archive. They become a training-ready dataset in this page: nothing is
          installed, nothing is uploaded.
        </p>
        <div className="empty-actions">
          <button type="button" className="button primary large" onClick={addFolder}>
            <FolderOpen size={16} aria-hidden="true" />
            Choose a folder
          </button>
          <button type="button" className="button large" onClick={addFiles}>
            <FileImage size={16} aria-hidden="true" />
            Choose files
          </button>
          <button type="button" className="button large" onClick={addSample}>
            <Sparkles size={16} aria-hidden="true" />
            Try the sample dataset
          </button>
        </div>
        <p className="empty-formats">
          JPEG, PNG, WebP, HEIC, AVIF, TIFF, JPEG XL, PSD and a dozen more, in folders, ZIPs and TARs. Folder
          names become labels.
        </p>
      </div>
    </div>
  );
}
